"""The verbs: one file each, a pure function above and its click command below."""

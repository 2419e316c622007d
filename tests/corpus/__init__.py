"""A corpus of small files as offices send them."""

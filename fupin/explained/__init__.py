"""What verbs have to say of the figures that they write: for each such verb a module of its name.

Its function `explain` is given the scene, a stage that has run, and returns what tells the figures of one unit.
"""

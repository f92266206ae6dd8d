"""What decides a result: the code, package data and libraries that a stage or a training can reach by its imports.

This is the one place that says so. The stage `plan` writes it down for DVC, and the keys of trials and trainings
hash it.
"""

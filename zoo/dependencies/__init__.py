"""What determines a result: the code, package data and libraries that a stage or a training can reach by its imports.

It is defined only here. The stage `plan` writes it to files for DVC, and the keys of trials and trainings hash it.
"""

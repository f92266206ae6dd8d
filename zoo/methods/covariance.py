"""Covariances of reduced embeddings, and their powers."""

import numpy as np

from zoo.methods.contract import Matrix
from zoo.methods.heads import Moments


def of_source(moments: Moments) -> Matrix:
    """(K, K), around the mean."""
    return np.asarray(moments.squares - np.outer(moments.rows, moments.rows))


def shrunk(rows: Matrix, mean: Matrix, towards: Matrix, pseudo: float) -> Matrix:
    """(K, K) of n rows around a mean, as if `pseudo` more of the other covariance had been seen."""
    apart = rows - mean
    return np.asarray((apart.T @ apart + pseudo * towards) / (len(rows) + pseudo))


def power(covariance: Matrix, exponent: float, added: float) -> Matrix:
    """(covariance + added * identity) to a power, symmetric. added: > 0; directions without variance stay finite."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray((vectors * (np.maximum(values, 0) + added) ** exponent) @ vectors.T)

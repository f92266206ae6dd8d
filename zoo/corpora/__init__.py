"""The corpora: one file per corpus, named after it."""

from zoo.corpora.contract import Corpus
from zoo.registry import Registry

REGISTRY = Registry[Corpus]("zoo.corpora", "CORPUS", "corpus")
names, has, get = REGISTRY.names, REGISTRY.has, REGISTRY.get

"""The tables that pass between the steps: one file each, stating columns, types, key and meaning."""

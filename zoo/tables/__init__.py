"""The tables that pass between the steps: a file a table, each stating columns, types, key and meaning."""

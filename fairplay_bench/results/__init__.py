"""Result files: their schema, reading old versions, where numbers come from."""

"""Methods: the interface they satisfy, finding them by name, the rehearsal, folders of WAVs as a method."""

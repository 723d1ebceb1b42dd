"""Mix-and-Separate: parts the mixture of two clips by what is seen in each."""

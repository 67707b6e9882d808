"""What can be read natively: from a question to an answer, for handlers and for the command line."""

"""What can be read natively, as functions from a question to an answer: for handlers and for the command line.

Rule 1: what HTTP answers and what `--json` prints are the same, because both ask here.
Rule 2: where a view stands is noted before it is read, so that no answer claims to know more than it does.
Rule 3: nothing is served silently short: who asks for a position that the views have not passed waits for it.
"""

"""What can be asked: a struct for each route's parameters, and the table that reads them.

HTTP and the command line ask the same questions, so that neither takes what the other does not. What is asked of
one read alone (a comparison, an explanation, the sound) stands beside it.
"""

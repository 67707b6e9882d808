"""Playing a session to listeners: scores that are shared, and the pace that each listener hears one at."""

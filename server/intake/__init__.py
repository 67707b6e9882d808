"""What is taken in whole, by whichever way it comes: recordings, and bundles of sessions."""

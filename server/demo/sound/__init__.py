"""The demo's recordings, made from arithmetic: no file is shipped and nothing is fetched."""

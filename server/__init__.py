"""The ways in: HTTP handlers, the page, the command line. Start with `server.routes`."""

"""Where a command reads and writes: a data folder, or a server. Both give the same documents."""

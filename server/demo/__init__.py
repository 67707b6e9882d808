"""The demo day: `prepare` writes it into a data folder."""

"""Vinli's manner: a device's feed and one event as Vinli's event service showed them (`docs/http.md`)."""

"""What handlers and commands share: the opened data folder, and what is bounded or kept for all requests."""

from server.services.services import LOG, Services, open_services
from server.services.streams import Streams
from server.services.trouble import Trouble

__all__ = ["LOG", "Services", "Streams", "Trouble", "open_services"]

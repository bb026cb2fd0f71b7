"""docpack -> one HTML file that opens from disk, without a network, and shows what the repository is about."""

from doctown.page.render import page_of

__all__ = ["page_of"]

"""Handlers by chapter of the portal's guide. One exists only where a row of the table leaves something to decide or to answer."""

"""TAXII 2.1 (OASIS, 10 June 2021) over the services: media types, filters, resources. No rules here."""

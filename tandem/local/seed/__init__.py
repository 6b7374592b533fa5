"""Believable data for one machine: the same companies, cards, purchases and invoices in every service."""

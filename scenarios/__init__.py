"""The official conformity scenarios as stories."""

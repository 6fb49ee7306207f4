"""The web application: pages, requests, its adapter."""

"""The program for the desktop: its window, the workstation behind it, its adapter."""

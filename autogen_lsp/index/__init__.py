"""The project index: the facts of every Python file of the workspace, on disk, built in the background by processes.

It never decides what a fact means (that is analysis), never writes into the user's folder, and never blocks on a build:
what is not indexed yet is simply not found.
"""

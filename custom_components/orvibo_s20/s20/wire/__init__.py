"""Bytes and values: what goes over the network, and what the device keeps. Pure."""

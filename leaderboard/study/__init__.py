"""Listening studies: pages that ask people what they hear, and what their answers say."""

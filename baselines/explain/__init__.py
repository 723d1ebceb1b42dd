"""What a method looks at: heat over the pictures of a video, by one of several methods."""

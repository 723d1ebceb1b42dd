"""Mini, the embedded data set: music drawn and synthesised by the suite itself, in FAIR-Play's published layout.

``scene`` draws a clip as a frozen record from a seed; ``sound`` and ``picture`` render it; ``truth`` says what is in
it; ``source`` writes the folder that FAIR-Play's own preparing code then reads.
"""

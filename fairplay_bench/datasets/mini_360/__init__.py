"""Mini-360, the embedded 360° data set: players all around, drawn and synthesised by the suite itself.

It is to the 360° sets what mini is to FAIR-Play, with the players and the music of mini: ``scene`` draws a video as a
frozen record from a seed; ``sound`` and ``picture`` render it; ``truth`` says what is in it; ``source`` writes
recordings of equirectangular pictures and first-order sound, which the 360° sets' own preparing code then reads.
"""

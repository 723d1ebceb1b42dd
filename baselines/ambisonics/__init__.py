"""Ambisonics: from the omnidirectional sound and the picture of a 360° video to its first-order ambisonics.

Morgado, Vasconcelos, Langlois and Wang, Self-Supervised Generation of Spatial Audio for 360° Video, NeurIPS 2018.
"""

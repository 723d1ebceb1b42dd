"""Audio-visual correspondence: which cells of a picture belong to what is heard, learnt without labels.

A self-supervised network that other methods are started from or taught by. Ours, after the two papers that
:mod:`baselines.correspondence.network` names.
"""

"""Sep-Stereo: a U-Net whose inner maps are fused with the picture place by place, trained on stereo and separation."""

"""After L2BNet: sound made binaural by a network that is told, by another one, where it is heard to come from.

*Localize to Binauralize* (Rachavarapu et al., ICCV 2021) has a network that makes two ears of a mono sound and a
picture, and a second one that listens to them and says where in the picture they hear the sound come from; that must
agree with where its source is seen. So no recording of two ears is needed (weakly supervised), or a few (weakly
semi-supervised). The authors published no code; their supplement lists the layers, and gives neither losses nor
features. The networks have the layers of that list (LeakyReLU everywhere, a batch norm after every convolution). All
else is ours:

- sound: spectrogram, complex mask on the difference, windows and level as Mono2Binaural's; skips from the encoder to
  the decoder, as in its U-Net; the last layer has no norm and no LeakyReLU, a sigmoid makes the mask;
- attention: the query comes from the audio code, key and value from the 7 x 14 visual map, beside which they are told
  column and row of each cell; the attended vector is joined to the audio code; LeakyReLU below zero is 0.2;
- localisation: the first transposed convolution opens 2 x 4 places from the one that average pooling leaves; the last
  layer has no norm and no LeakyReLU, its values are logits of the 64 x 128 cells; level and phase difference are
  those of each bin, in units of 10 dB, and as cosine and sine, drawn to zero where a bin is 40 dB below the loudest;
- what is wanted: a Gaussian blob in the middle of each sounding source's box, its deviation a quarter of the box, all
  of the same weight; or the map of a correspondence network (:mod:`baselines.correspondence`), which is all ours;
- losses: the divergence of the heard from the wanted map, for both networks; the mean squared error of the
  difference's spectrogram for pairs of picture and two ears;
- scenes: solo players of the training clips, cut out and placed at random columns at their own height and size,
  rendered for the head's responses of their directions (:mod:`baselines.pseudo_binaural`), one, two or three of them,
  4 : 5 : 1;
- weak setting: the localisation network learns on such scenes alone; the generator on real clips' mono, judged with
  the weight 0.02, and beside each of them on a scene's two ears, with the weight 1 (``--scene-weight 0`` leaves them
  out);
- semi setting: the share of the recordings trains both networks too, by turns with the scenes, in longer passes;
- schedules: :data:`baselines.l2bnet.localiser.PRESETS`, :data:`baselines.l2bnet.method.PRESETS`,
  :data:`baselines.correspondence.method.PRESETS`; the preset ``small`` and its widths.
"""

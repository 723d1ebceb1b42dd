"""The metrics in one sentence each."""

EXPLAINED = {
    "stft": "Squared distance of the complex spectrograms of predicted and recorded ears, summed over the ears.",
    "env": "Distance of the envelopes of the two ears: root mean square, summed over the ears.",
    "mag": "Twice stft: the distance of the spectrograms as one paper prints it.",
    "phase": "Mean absolute phase error of left minus right, in radians; a mono sound scores about π/2.",
    "snr": "Level of the recorded ears over that of the error, in decibels.",
    "wav": "Squared distance of the waveforms, times 1000, summed over the ears.",
    "ild": "Mean error of the level difference of the ears, in decibels, by third octave and moment.",
    "itd": "Mean error of the time difference of the ears, in microseconds, where it can be told.",
    "stft_raw": "stft without bringing both sounds to their peak first: levels count.",
    "env_raw": "env without bringing both sounds to their peak first: levels count.",
    "field_stft": "Squared distance of the complex spectrograms of the ambisonic channels.",
    "field_env": "Distance of the envelopes of the ambisonic channels.",
    "emd": "How far sound must be moved over the sphere to come from the right directions, in radians.",
    "emd_raw": "emd between maps of the sphere as they are: levels count.",
    "sdr": "Separation: level of the source over that of all distortion, in decibels.",
    "sir": "Separation: level of the source over that of the other source, in decibels.",
    "sar": "Separation: level of the source over that of the artefacts, in decibels.",
    "sdr_mixture": "sdr of the mixture as it is, in decibels.",
    "sdr_improvement": "What sdr gains over that of the mixture, in decibels.",
    "sdr_images": "sdr with both ears of an estimate projected together, in decibels.",
}

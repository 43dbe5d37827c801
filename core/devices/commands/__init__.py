"""What staff order kiosks to do, and what kiosks answer."""

"""What kiosks saw over many days, added up by the database: days of each pupil, tries that needed staff, leave."""

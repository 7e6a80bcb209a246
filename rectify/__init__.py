"""The house: settings, addresses, timetable and the all-in-one command. Wires everything, decides nothing."""

# Shell functions that several scripts share. Source it; it does nothing by itself.

# Seconds as a person says them: 0.4 s, 12 s, 3 min 5 s. Takes milliseconds.
spoken() {
  local milliseconds=$1 seconds
  seconds=$(((milliseconds + 500) / 1000))
  if ((milliseconds < 9950)); then
    printf '%d.%d s' $(((milliseconds + 50) / 1000)) $(((milliseconds + 50) % 1000 / 100))
  elif ((seconds < 60)); then
    printf '%d s' "$seconds"
  else
    printf '%d min %d s' $((seconds / 60)) $((seconds % 60))
  fi
}

# The clock, in milliseconds.
now() { printf '%d' "$(($(date +%s%N) / 1000000))"; }

# A folder for throw-away databases: in memory where there is room for them, since thousands of test databases otherwise wait
# for the disk; else wherever temporary files go. Whoever asks for it removes it.
quick_folder() {
  local shared=/dev/shm room folder
  room=$(df --output=avail -k "$shared" 2>/dev/null | tail -1) || room=0
  if [[ -w $shared ]] && ((${room:-0} > 6 * 1024 * 1024)); then
    folder=$(mktemp -d "$shared/citytools-tests.XXXXXX")
  else
    folder=$(mktemp -d "${TMPDIR:-/tmp}/citytools-tests.XXXXXX")
  fi
  # PostgreSQL's own user passes through it.
  chmod 711 "$folder"
  printf '%s' "$folder"
}

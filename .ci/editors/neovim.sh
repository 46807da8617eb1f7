#!/bin/bash
# neovim.sh DEST: two Neovims beside the system, never into it: DEST/bin/nvim (Debian sid) and DEST/bin/nvim-0.10 (trixie).
# A private apt configuration with an empty dpkg status makes apt resolve the whole closure, libc included; apt checks the
# hashes; the system's apt, dpkg and libc stay as they are. About 10 s and 120 MB. Where there is no apt, a nvim on the
# PATH is what the tests use.
set -euo pipefail
dest=$(mkdir -p "$1/bin" && cd "$1" && pwd)
if ! command -v apt-get >/dev/null; then
  echo "no apt-get here; install Neovim 0.10 or newer yourself"
  exit 0
fi

install_from() { # install_from SUITE NAME
  local suite=$1 name=$2 work=$dest/$1
  if [ -x "$dest/bin/$name" ] && "$dest/bin/$name" --version >/dev/null 2>&1; then return; fi
  mkdir -p "$work"/apt/lists/partial "$work"/apt/cache "$work"/apt/parts "$work"/debs/partial "$work"/unpacked
  : >"$work/apt/status"
  local mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI)|$(ORIGIN)' 'Identifier: Packages' | awk -F'|' '$2=="Debian"{print $1; exit}')
  if [ -z "$mirror" ]; then
    echo "no Debian mirror in apt's lists (run apt-get update first)" >&2
    return 1
  fi
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$work/apt/sources.list"
  local options=(-oDir::Etc::sourcelist="$work/apt/sources.list" -oDir::Etc::sourceparts="$work/apt/parts"
    -oDir::Etc::preferences=/dev/null -oDir::Etc::preferencesparts="$work/apt/parts" -oDir::State::lists="$work/apt/lists"
    -oDir::Cache="$work/apt/cache" -oDir::State::status="$work/apt/status" -oAcquire::Languages=none)
  apt-get "${options[@]}" -qq update
  apt-get "${options[@]}" -qq -y --no-install-recommends -oDir::Cache::archives="$work/debs" -oDpkg::Use-Pty=0 \
    --download-only install neovim >/dev/null
  local deb
  for deb in "$work"/debs/*.deb; do dpkg -x "$deb" "$work/unpacked"; done
  local libraries loader
  libraries=$(dirname "$(find "$work/unpacked/usr/lib" -name 'libc.so.6' | head -n 1)")
  loader=$(find "$libraries" -name 'ld-linux-*.so.*' | head -n 1)
  cat >"$dest/bin/$name" <<WRAPPER
#!/bin/sh
export VIMRUNTIME=$work/unpacked/usr/share/nvim/runtime
exec $loader --library-path $libraries --argv0 nvim $work/unpacked/usr/bin/nvim "\$@"
WRAPPER
  chmod +x "$dest/bin/$name"
  "$dest/bin/$name" --version | head -n 1
}

install_from sid nvim
install_from trixie nvim-0.10

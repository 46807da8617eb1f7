#!/bin/bash
# code-server.sh DEST: VS Code 1.100 as a server for browsers (DEST/bin/code-server), the Chromium to drive it, and
# playwright-core (DEST/playwright). About 60 s and 400 MB. Needs root (or sudo without a password) for apt, and node 20.
# The plain `npm install code-server` fetches prebuilt binaries from outside the registry, so: npm installs with
# --ignore-scripts, native modules from source, ripgrep from its platform package. Node 20 needs code-server <= 4.100.3.
set -euo pipefail
version=4.100.3
dest=$(mkdir -p "$1/bin" && cd "$1" && pwd)
if [ -x "$dest/bin/code-server" ] && "$dest/bin/code-server" --version >/dev/null 2>&1; then exit 0; fi

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
if command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  as_root apt-get install -qq -y --no-install-recommends chromium g++ make python3 libkrb5-dev libx11-dev libxkbfile-dev \
    fonts-dejavu-core >/dev/null
fi

prefix=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
node_gyp=$(readlink -f "$(dirname "$(readlink -f "$(command -v npm)")")/../node_modules/node-gyp/bin/node-gyp.js")
export JOBS=2
cd "$dest"
npm pack --silent "code-server@$version" >/dev/null
tar xzf "code-server-$version.tgz" --strip-components=1
rm "code-server-$version.tgz"
for folder in . lib/vscode lib/vscode/extensions; do
  (cd "$folder" && npm install --silent --omit=dev --ignore-scripts --no-audit --no-fund)
done

if ! ls node_modules/argon2/prebuilds >/dev/null 2>&1; then
  (cd node_modules/argon2 && PATH="$dest/node_modules/.bin:$PATH" npm_config_node_gyp="$node_gyp" node-pre-gyp rebuild \
    --build-from-source --nodedir="$prefix" >"$dest/build-argon2.log" 2>&1) || { tail -n 5 "$dest/build-argon2.log"; exit 1; }
fi
modules=lib/vscode/node_modules
for name in node-pty native-watchdog @vscode/native-watchdog @vscode/spdlog kerberos @vscode/sqlite3; do
  if [ -f "$modules/$name/binding.gyp" ]; then
    log=$dest/build-$(basename "$name").log
    (cd "$modules/$name" && node "$node_gyp" rebuild --nodedir="$prefix" -j 2 >"$log" 2>&1) || { tail -n 5 "$log"; exit 1; }
  fi
done
case $(uname -m) in aarch64) platform=linux-arm64 ;; *) platform=linux-x64 ;; esac
if [ ! -x "$modules/@vscode/ripgrep/bin/rg" ]; then
  scratch=$(mktemp -d)
  (cd "$scratch" && npm pack --silent "@vscode/ripgrep-$platform@1.18.0" >/dev/null && tar xzf ./*.tgz)
  mkdir -p "$modules/@vscode/ripgrep/bin"
  install -m755 "$(find "$scratch" -name rg -type f)" "$modules/@vscode/ripgrep/bin/rg"
  rm -rf "$scratch"
fi
ln -sfn node_modules lib/vscode/node_modules.asar
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$dest/playwright" playwright-core@1 >/dev/null
cat >"$dest/bin/code-server" <<WRAPPER
#!/bin/sh
exec node $dest/out/node/entry.js "\$@"
WRAPPER
chmod +x "$dest/bin/code-server"
XDG_CONFIG_HOME=$dest/.config "$dest/bin/code-server" --version

#!/usr/bin/env bash
# Fetches everything the build needs: system packages, and under .deps/ libtorch (from a wheel) and
# the sources of Dear ImGui and GLFW, all pinned by third_party/versions.lock.
# Calling it again takes almost no time, and repairs what an interrupted call has left.
#
#   scripts/setup.sh               to build and run the program
#   scripts/setup.sh --with-tests  to run the tests too
#
# HEADROOM_PYTHON names the interpreter to use instead of python3 (3.10 to 3.14).
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

build_packages=(
  ccache pkg-config
  libx11-dev libxrandr-dev libxinerama-dev libxcursor-dev libxi-dev
  libwayland-dev libwayland-bin wayland-protocols libxkbcommon-dev libgl-dev libgl1-mesa-dri
  libyaml-cpp-dev libspdlog-dev libfmt-dev libstb-dev libutf8proc-dev libssl-dev
  nlohmann-json3-dev libcli11-dev libfontconfig-dev libfreetype-dev
  fonts-inter fonts-noto-cjk patch python3 python3-venv
)
test_packages=(
  libgtest-dev libgmock-dev xvfb xdotool imagemagick xauth xclip clang-format-14 clang-tidy-14
  clang-14 libclang-rt-14-dev
  fcitx5 fcitx5-pinyin
)
# What the metadata step of the Dear ImGui source package runs.
source_package_tools=(scikit_build_core nanobind packaging pathspec)
python=${HEADROOM_PYTHON:-python3}
patches=$root/third_party/patches

# Prints which of the given packages are not installed, one per line.
missing_packages() {
  local installed package
  installed=$'\n'$(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null |
    sed -n 's/^ii *//p')$'\n' || true
  for package in "$@"; do
    [[ $installed == *$'\n'"$package"$'\n'* ]] || echo "$package"
  done
}

install_packages() {
  local as_root=(env DEBIAN_FRONTEND=noninteractive) apt_get
  if ((EUID != 0)); then as_root=(sudo "${as_root[@]}"); fi
  # A fresh machine often runs automatic updates: wait for them.
  apt_get=("${as_root[@]}" apt-get -q -y -o DPkg::Lock::Timeout=600)
  # An interrupted installation blocks further ones until it is completed.
  "${as_root[@]}" dpkg --configure -a || "${apt_get[@]}" install --fix-broken
  "${apt_get[@]}" update || say "the lists of packages could not all be renewed; going on with those that are there"
  "${apt_get[@]}" install --no-install-recommends "$@"
}

may_become_root() {
  ((EUID == 0)) || { command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; }
}

require_packages() {
  local missing
  if ! command -v dpkg-query >/dev/null; then
    say "This is no Debian or Ubuntu: please see to it that the equivalents of these are there: $*"
    return 0
  fi
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  may_become_root ||
    fail "system packages are missing that only an administrator can install: apt-get install ${missing[*]}"
  step "install system packages: ${missing[*]}" install_packages "${missing[@]}"
}

# locked_requirements NAME...: prints pip requirements with every locked hash of each name.
locked_requirements() {
  local name
  for name in "$@"; do
    awk -v name="$name" '
      $1 == name { version = $2; hashes = hashes " --hash=sha256:" $3 }
      END {
        if (version == "") { print "versions.lock has no row for " name > "/dev/stderr"; exit 1 }
        print name "==" version hashes
      }' "$lock_file" || return
  done
}

# locked_field NAME COLUMN: prints that column of the name's only row.
locked_field() { awk -v name="$1" -v column="$2" '$1 == name { print $column; exit }' "$lock_file"; }

# Long downloads show pip's progress bar, but only on a terminal.
venv_pip_install() {
  local quiet=(-q)
  if [[ -t 2 ]]; then quiet=(); fi
  venv_pip install ${quiet[@]+"${quiet[@]}"} --no-compile --only-binary=:all: "$@"
}

# pip_install_locked NAME...: installs exactly what the lock file names. The "|| return" are needed for callers
# that handle a failure, since errexit is off there.
pip_install_locked() {
  local requirements=$deps/requirements.txt
  locked_requirements "$@" >"$requirements" || return
  venv_pip_install --require-hashes --no-deps -r "$requirements" || return
  rm -f "$requirements"
}

# The second is where WSL puts the Windows driver's library.
has_nvidia_driver() { [[ -e /proc/driver/nvidia/version || -e /usr/lib/wsl/lib/libcuda.so.1 ]]; }

# Checks driver and GPUs before gigabytes are fetched for them; passes if it cannot tell. The pinned libtorch is
# built for CUDA 13. The driver states its version in the given file.
warn_of_unusable_cards() {
  local least_driver=580 driver capabilities
  driver=$(sed -n '1s/.*[[:space:]]\([0-9][0-9]*\)[.][0-9.]*[[:space:]].*/\1/p' \
    "${1:-/proc/driver/nvidia/version}" 2>/dev/null) || true
  if [[ -n $driver ]] && ((driver < least_driver)); then
    say "the NVIDIA driver is $driver, and $least_driver or newer is needed: no card will be usable before it is updated"
    return
  fi
  capabilities=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null) || return 0
  if [[ -n $capabilities ]] && ! awk '$1 >= 7.5 { found = 1 } END { exit !found }' <<<"$capabilities"; then
    say "no card here has compute capability 7.5 (GTX 16, RTX 20 and later): the processor will be used"
  fi
}

# Prints the CUDA libraries that a CUDA wheel of torch requires, one requirement per line; none for a CPU wheel.
# With "cpu" only the two without which its CPU part cannot be loaded, 50 MB instead of 2.7 GB.
cuda_requirements() {
  "$deps/venv/bin/python" - "$1" <<'PYTHON'
import importlib.metadata
import sys
from pip._vendor.packaging.requirements import Requirement

torch = importlib.metadata.distribution("torch")
if not torch.version.endswith("+cpu"):
    for line in torch.requires or []:
        need = Requirement(line)
        is_cuda = need.name.lower().startswith(("nvidia-", "cuda-"))
        if not is_cuda or (need.marker and not need.marker.evaluate({"extra": ""})):
            continue
        if sys.argv[1] == "cpu":
            if need.name != "cuda-toolkit":
                continue
            need.extras &= {"cudart", "cupti"}
        need.marker = None
        print(need)
PYTHON
}

# The CPU build is a fifth of the size, and a machine without an NVIDIA driver can use no more. Not every
# package index has it.
install_cpu_torch() {
  local requirements=$deps/requirements.txt
  awk '$1 == "torch" && $4 ~ /[+]cpu/ { print $1 "==" $2 "+cpu --hash=sha256:" $3 }' \
    "$lock_file" >"$requirements" || return
  venv_pip install -q --require-hashes --no-deps --only-binary=:all: -r "$requirements" 2>/dev/null ||
    return # most indexes lack this build; any other failure will show with the CUDA build
  rm -f "$requirements"
}

# install_torch cpu|cuda
install_torch() {
  local cuda
  if [[ $1 == cpu ]] && install_cpu_torch; then return 0; fi
  pip_install_locked torch ||
    fail "torch $(locked_field torch 2) for $("$python" --version) could not be installed (see above);" \
      "if it has no matching hash in third_party/versions.lock, set HEADROOM_PYTHON to another Python"
  mapfile -t cuda < <(cuda_requirements "$1")
  if ((${#cuda[@]})); then
    say "fetching CUDA libraries for it: ${cuda[*]}"
    # torch's Python packages are not installed, since the program does not need them.
    venv_pip_install --no-warn-conflicts "${cuda[@]}"
  fi
}

# make_venv cpu|cuda: the environment cannot be moved, so it is made in place. Until its stamp is written it
# counts as broken, and the next call makes it again.
make_venv() {
  local tools=("${source_package_tools[@]}")
  rm -f "$stamps/venv"
  "$python" -m venv --clear "$deps/venv"
  if [[ $(python_version) == 3.10 ]]; then tools+=(exceptiongroup tomli typing_extensions); fi
  if ((need_build_tools)); then tools+=(cmake ninja); fi
  pip_install_locked "${tools[@]}"
  install_torch "$1"
}

has_hash() { [[ -f $1 ]] && sha256sum --check --status <<<"$2  $1"; }

# Puts the source archive into .deps/dl.
fetch_imgui_bundle() {
  local file hash fetched=$deps/dl.new
  file=$(locked_field imgui_bundle 4)
  hash=$(locked_field imgui_bundle 3)
  if has_hash "$deps/dl/$file" "$hash"; then return 0; fi
  rm -rf "$fetched"
  mkdir -p "$fetched" "$deps/dl"
  locked_requirements imgui_bundle >"$fetched/requirements.txt"
  venv_pip download -q --require-hashes --no-deps --no-build-isolation \
    --no-binary imgui_bundle,imgui-bundle -d "$fetched" -r "$fetched/requirements.txt"
  has_hash "$fetched/$file" "$hash" || fail "$file does not have the locked sha256; try again"
  mv "$fetched/$file" "$deps/dl/$file"
  rm -rf "$fetched"
}

# Extracts only the parts that are built. Members are full paths, since the archive has other copies of
# Dear ImGui and GLFW in subfolders.
unpack_imgui_bundle() {
  local file top unpacked=$deps/imgui-bundle.new
  file=$(locked_field imgui_bundle 4)
  top=${file%.tar.gz}
  rm -f "$stamps/imgui-bundle"
  rm -rf "$unpacked"
  mkdir -p "$unpacked"
  tar -xzf "$deps/dl/$file" -C "$unpacked" --strip-components=1 \
    "$top/external/imgui/imgui" \
    "$top/external/glfw/glfw" \
    "$top/external/hello_imgui/hello_imgui/hello_imgui_assets/fonts" \
    "$top/external/hello_imgui/hello_imgui/src/hello_imgui/icons_font_awesome_6.h"
  patch_imgui_bundle "$unpacked"
  rm -rf "$deps/imgui-bundle"
  mv "$unpacked" "$deps/imgui-bundle"
}

# Each file of third_party/patches says why it is there.
patch_imgui_bundle() {
  local file
  for file in "$patches"/glfw-*.patch; do
    patch --quiet --forward --batch -p1 -d "$1/external/glfw/glfw" <"$file" ||
      fail "$file does not fit the GLFW of third_party/versions.lock"
  done
}

get_imgui_bundle() {
  fetch_imgui_bundle
  unpack_imgui_bundle
}

python_version() { "$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])'; }

# up_to_date NAME KEY: whether NAME was finished with this KEY.
up_to_date() { [[ -f $stamps/$1 && $(<"$stamps/$1") == "$2" ]]; }

# The stamp is written last, and either whole or not at all.
finish() {
  printf '%s\n' "$2" >"$stamps/$1.new"
  mv "$stamps/$1.new" "$stamps/$1"
}

# Prints a hash of rows of the lock file.
locked_key() {
  local names=" $* "
  awk -v names="$names" 'index(names, " " $1 " ")' "$lock_file" | sha256sum | cut -c1-64
}

# Ubuntu 22.04's default g++ is too old, so g++-12 is installed instead of it.
compiler_package() {
  if [[ -z ${CXX:-} ]] && ! system_compiler_will_do &&
    { command -v g++ >/dev/null || grep -qs '^UBUNTU_CODENAME=jammy' /etc/os-release; }; then
    echo g++-12
  else
    echo g++
  fi
}

set_up_packages() {
  local packages=("$(compiler_package)" "${build_packages[@]}")
  if ((with_tests)); then packages+=("${test_packages[@]}"); fi
  require_packages "${packages[@]}"
}

venv_is_whole() {
  [[ -x $deps/venv/bin/python ]] &&
    compgen -G "$deps/venv/lib/python3*/site-packages/torch/lib/libtorch.so" >/dev/null
}

# If a finished environment has no cmake and ninja, the system's were used.
build_tools_are_there() {
  { [[ -x $deps/venv/bin/cmake ]] || command -v cmake; } &&
    { [[ -x $deps/venv/bin/ninja ]] || command -v ninja; }
} >/dev/null

set_up_venv() {
  local key kind
  key="$("$python" --version) $(locked_key torch cmake ninja "${source_package_tools[@]}" \
    exceptiongroup tomli typing_extensions)"
  # If a driver was installed since then, the CUDA libraries are needed; if one was removed, nothing changes.
  if has_nvidia_driver || up_to_date venv "$key cuda"; then kind=cuda key+=" cuda"; else kind=cpu; fi
  if up_to_date venv "$key" && venv_is_whole && build_tools_are_there; then return 0; fi
  if [[ $kind == cuda ]]; then warn_of_unusable_cards; fi
  need_build_tools=1
  if system_has_build_tools; then need_build_tools=0; fi
  step "fetch libtorch into .deps/venv" make_venv "$kind"
  finish venv "$key"
}

set_up_imgui_bundle() {
  local key
  key="$(locked_key imgui_bundle) $(cat "$patches"/*.patch | sha256sum | cut -c1-64)"
  if up_to_date imgui-bundle "$key" && [[ -d $deps/imgui-bundle/external ]]; then return 0; fi
  step "fetch Dear ImGui and GLFW into .deps/imgui-bundle" get_imgui_bundle
  finish imgui-bundle "$key"
}

set_up_deps() {
  mkdir -p "$stamps"
  exec 9>"$deps/lock"
  flock 9 # of two simultaneous calls the second waits, and then finds everything done
  set_up_venv
  set_up_imgui_bundle
  exec 9>&-
}

main() {
  local start
  start=$(now_ms)
  with_tests=0
  case "${1:-}" in
    "") ;;
    --with-tests) with_tests=1 ;;
    *) fail "unknown option $1; the only one is --with-tests" ;;
  esac
  set_up_packages
  set_up_deps
  say "setup: ready after $(($(now_ms) - start)) ms"
}

main "$@"

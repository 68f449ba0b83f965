#!/usr/bin/env bash
# Makes .gpu/bundle.tar.xz: the program without its window, two checks, and the libraries that they need beside
# torch and glibc. They are built for the torch of GPU machines that are rented by the hour (versions.lock:
# torch_of_bundle). With a checkout there, scripts/gpu_session.sh runs the bundle without network, packages or a
# compiler. At most 16 MiB, since such machines accept little more.
#
#   scripts/make_gpu_bundle.sh                      builds and packs
#   scripts/make_gpu_bundle.sh --built FOLDER FILE  packs the build in FOLDER, for the torch of that build, into FILE
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/torch_wheel.sh
. "$root/scripts/torch_wheel.sh"

most_bytes=$((16 * 1024 * 1024))
wheel=$deps/torch-of-bundle
build_folder=$root/build/gpu
bundle=$root/.gpu/bundle.tar.xz
checks=(fake_card_allocator_test fake_card_stages_test)

case "${1:-}" in
  "") ;;
  --built)
    (($# == 3)) || fail "--built needs the build's folder and the file to make"
    build_folder=$(cd "$2" && pwd)
    bundle=$3
    ;;
  *) fail "unknown option $1; the only one is --built FOLDER FILE" ;;
esac

configure_bundle() {
  # If this folder exists, the build links to CUDA's libraries.
  mkdir -p "$wheel/nvidia/cudnn"
  (cd "$root" && cmake --preset headless -B "$build_folder" -DBUILD_TESTING=ON -DHEADROOM_TORCH_DIR="$wheel/torch")
}

build_bundle() { cmake --build "$build_folder" -j "$(build_jobs)" --target headroom "${checks[@]}"; }

# needed FILE...: names of the libraries that the files link to directly, not through torch.
needed() { readelf -d "$@" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u; }

# copy_libraries FOLDER FILE...: copies the libraries that the files need, except torch and what every system has, to FOLDER.
copy_libraries() {
  local folder=$1 name path
  shift
  while IFS= read -r name; do
    case $name in
      libc.so.* | libm.so.* | libdl.so.* | libpthread.so.* | librt.so.* | libstdc++.so.* | libgcc_s.so.* | libgomp.so.* | ld-linux*) continue ;;
      libtorch* | libc10* | libheadroom_app.so) continue ;;
    esac
    [[ ! -e $folder/$name ]] || continue
    path=$(ldd "$@" | awk -v name="$name" '$1 == name {path = $3} END {print path}')
    cp -L "$path" "$folder/$name"
    copy_libraries "$folder" "$folder/$name"
  done < <(needed "$@")
}

# torch_of_build: prints the version of torch that the programs are built for, "2.11.0".
torch_of_build() {
  local folder
  folder=$(sed -n 's/^HEADROOM_TORCH_DIR:[A-Z]*=//p' "$build_folder/CMakeCache.txt")
  sed -n "s/^__version__ = .\([0-9.]*\).*/\1/p" "$folder/version.py"
}

pack() {
  local stage check
  stage=$(mktemp -d)
  # shellcheck disable=SC2064 # expanded now: the folder that exists now
  trap "rm -rf '$stage'" RETURN
  mkdir -p "$stage"/{bin,lib} "$(dirname "$bundle")"
  cp "$build_folder/bin/headroom" "$stage/bin/"
  for check in "${checks[@]}"; do cp "$(find "$build_folder" -type f -name "$check" -perm -u+x | head -n 1)" "$stage/bin/"; done
  cp "$build_folder/lib/libheadroom_app.so" "$stage/lib/"
  strip "$stage"/bin/* "$stage"/lib/*
  copy_libraries "$stage/lib" "$build_folder/lib/libheadroom_app.so" "$stage"/bin/*
  git -C "$root" rev-parse HEAD >"$stage/commit" 2>/dev/null || echo unknown >"$stage/commit"
  sources_of_program >"$stage/sources"
  torch_of_build >"$stage/torch_version"
  tar -C "$stage" -cJf "$bundle.new" bin lib commit sources torch_version
  mv "$bundle.new" "$bundle"
}

if [[ $# == 0 ]]; then
  "$root/scripts/setup.sh" --with-tests
  set_up_wheel torch_of_bundle "$wheel" torch/include/ torch/version.py \
    torch/lib/lib{c10,c10_cuda,torch_cpu,torch_cuda,torch_nvshmem}.so torch/lib/libgomp.so.1
  use_build_tools
  step "configure for torch $(wheel_field torch_of_bundle 2)" configure_bundle
  step "build the program and two checks" build_bundle
fi
step "pack ${bundle#"$root/"}" pack
size=$(stat -c %s "$bundle")
((size <= most_bytes)) || fail "$bundle has $size bytes, more than the $most_bytes that can be carried"
print_step_times
say "${bundle#"$root/"}: $size bytes. Take it along with the checkout, then: scripts/gpu_session.sh OUT"

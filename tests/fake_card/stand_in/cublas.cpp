// Of cuBLAS: what must answer something. Its products are made by ../make_stand_ins.py.
extern "C" {

int cublasCreate_v2(void** handle) {
  *handle = reinterpret_cast<void*>(0x1000);
  return 0;
}
int cublasGetMathMode(void*, int* mode) {
  *mode = 0;
  return 0;
}
int cublasGetPointerMode_v2(void*, int* mode) {
  *mode = 0;
  return 0;
}
}

mod mask;
mod trace;

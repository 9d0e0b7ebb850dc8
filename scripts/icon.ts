// Draws the program's icon: a folder with two arrows, one each way. An .ico of plain 32-bit bitmaps, made when needed.

type Point = [x: number, y: number];
type Shape = { color: [red: number, green: number, blue: number]; holds: (point: Point) => boolean };

const SIZES = [16, 24, 32, 48, 64, 256];
/** Looks per pixel and axis: what smooths the edges. */
const LOOKS = 4;

/** A rectangle with round corners. */
function block(left: number, top: number, right: number, bottom: number, round: number) {
  return ([x, y]: Point) => {
    const beyondX = Math.max(left + round - x, 0, x - (right - round));
    const beyondY = Math.max(top + round - y, 0, y - (bottom - round));
    return Math.hypot(beyondX, beyondY) <= round;
  };
}

/** An arrow of length 0.5 around `y`; `way` is 1 to the right, -1 to the left. */
function arrow(y: number, way: 1 | -1) {
  return (point: Point) => {
    const along = (point[0] - 0.5) * way + 0.25;
    const aside = Math.abs(point[1] - y);
    return along >= 0 && along <= 0.36 && aside <= 0.04 ||
      along >= 0.35 && along <= 0.5 && aside <= 0.5 - along;
  };
}

/** From back to front, in a square of side 1. */
const SHAPES: Shape[] = [
  { color: [21, 101, 150], holds: block(0.04, 0.12, 0.46, 0.5, 0.06) },
  { color: [21, 101, 150], holds: block(0.04, 0.2, 0.96, 0.6, 0.06) },
  { color: [38, 140, 200], holds: block(0.04, 0.27, 0.96, 0.9, 0.06) },
  { color: [255, 255, 255], holds: arrow(0.47, 1) },
  { color: [255, 255, 255], holds: arrow(0.7, -1) },
];

/** The bytes of the .ico file. */
export function drawIcon(): Uint8Array<ArrayBuffer> {
  const images = SIZES.map(bitmap);
  const header = new Uint8Array(6 + 16 * images.length);
  const view = new DataView(header.buffer);
  view.setUint16(2, 1, true);
  view.setUint16(4, images.length, true);
  let offset = header.length;
  images.forEach((image, number) => {
    const at = 6 + 16 * number;
    view.setUint8(at, SIZES[number]! % 256); // 256 is written as 0.
    view.setUint8(at + 1, SIZES[number]! % 256);
    view.setUint16(at + 4, 1, true);
    view.setUint16(at + 6, 32, true);
    view.setUint32(at + 8, image.length, true);
    view.setUint32(at + 12, offset, true);
    offset += image.length;
  });
  const file = new Uint8Array(offset);
  offset = 0;
  for (const part of [header, ...images]) {
    file.set(part, offset);
    offset += part.length;
  }
  return file;
}

/** A bitmap as icons hold it: rows from the bottom, blue-green-red-alpha, then a mask that nobody uses beside alpha. */
function bitmap(size: number): Uint8Array {
  const maskRow = Math.ceil(size / 32) * 4;
  const image = new Uint8Array(40 + size * size * 4 + size * maskRow);
  const view = new DataView(image.buffer);
  view.setUint32(0, 40, true);
  view.setInt32(4, size, true);
  view.setInt32(8, size * 2, true);
  view.setUint16(12, 1, true);
  view.setUint16(14, 32, true);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) image.set(pixel(x, size - 1 - y, size), 40 + (y * size + x) * 4);
  }
  return image;
}

function pixel(x: number, y: number, size: number): number[] {
  const sum = [0, 0, 0];
  let seen = 0;
  for (let look = 0; look < LOOKS * LOOKS; look++) {
    const point: Point = [
      (x + (look % LOOKS + 0.5) / LOOKS) / size,
      (y + (Math.floor(look / LOOKS) + 0.5) / LOOKS) / size,
    ];
    const shape = SHAPES.findLast(({ holds }) => holds(point));
    if (!shape) continue;
    seen++;
    shape.color.forEach((value, at) => sum[at]! += value);
  }
  const [red, green, blue] = sum.map((value) => Math.round(value / Math.max(seen, 1)));
  return [blue!, green!, red!, Math.round(255 * seen / (LOOKS * LOOKS))];
}

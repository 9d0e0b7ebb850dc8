// A folder with a letter and many photos, all from long ago: what is new would not count for the guard.

import type { Folder } from "./persons_folder.ts";

export const OLD = 1_700_000_000_000;

export const photoPath = (number: number) => `photos/${number}.txt`;
export const photoContent = (number: number) => `file ${number}\n`;

export function fillWithPhotos(folder: Folder, count: number) {
  folder.write("letter.txt", "dear\n", OLD);
  for (let number = 0; number < count; number++) folder.write(photoPath(number), photoContent(number), OLD);
}

import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';

/**
 * A field of a few words, such as a name or a reason: trimmed, and refused where it is empty, longer than `most` characters, or has
 * control characters other than line breaks and tabs (the database stores no NUL).
 */
export function IsWords(most: number): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value)),
    ValidateBy(
      { name: 'isWords', validator: { validate: (value) => typeof value === 'string' && areWords(value, most) } },
      { message: `is not a text of 1 to ${most} characters without control characters` },
    ),
  );
}

function areWords(text: string, most: number): boolean {
  return text.length > 0 && text.length <= most && !/[^\P{Cc}\n\r\t]/u.test(text);
}

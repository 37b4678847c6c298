import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsBoolean, IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';

const mostAlternatives = 50;
// A parameter in the query takes them, though the type of the decorator does not know.
const withCommas = { style: 'form', explode: false };
// The database stores no NUL, and refuses a parameter that has one.
const printable = /^[^\p{Cc}]+$/u;

/** A filter that takes alternatives, separated by commas: any of them will do. */
export function Alternatives(words: readonly string[], description: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: String, enum: [...words], isArray: true, ...withCommas, description }),
    IsOptional(),
    split(),
    ArrayMaxSize(mostAlternatives, { message: `has more than ${mostAlternatives} values` }),
    ArrayMinSize(1, { message: 'is empty' }),
    IsIn(words, { each: true, message: `is not one of ${words.join(', ')}, or several of them separated by commas` }),
  );
}

/** The same for words that only the data knows. What nobody has matches nothing. */
export function AlternativeNames(description: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: [String], ...withCommas, description }),
    IsOptional(),
    split(),
    ArrayMaxSize(mostAlternatives, { message: `has more than ${mostAlternatives} values` }),
    ArrayMinSize(1, { message: 'is empty' }),
    IsString({ each: true, message: 'is not text' }),
    Matches(printable, { each: true, message: 'is empty or has control characters' }),
    MaxLength(200, { each: true, message: 'is longer than 200 characters' }),
  );
}

/** One name or id, as the data has it. */
export function OneName(description: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: String, maxLength: 200, description }),
    IsOptional(),
    IsString({ message: 'is not one value' }),
    Matches(printable, { message: 'is empty or has control characters' }),
    MaxLength(200, { message: 'is longer than 200 characters' }),
  );
}

/** One word of a list. */
export function OneOf(words: readonly string[], usual: string, description: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: String, enum: [...words], default: usual, description }),
    IsOptional(),
    IsIn(words, { message: `is not one of ${words.join(', ')}` }),
  );
}

export function YesOrNo(description: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: Boolean, description }),
    IsOptional(),
    Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value)),
    IsBoolean({ message: 'is not true or false' }),
  );
}

/** The pattern for `ilike` that finds a text anywhere, whatever characters it has. */
export function anywhere(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}

/** The same for a list that is at hand. */
export function contains(texts: readonly (string | null)[], text: string): boolean {
  return texts.some((one) => one?.toLowerCase().includes(text.toLowerCase()) ?? false);
}

/** What is no text stays one value, for the other rules to refuse. */
function split(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : [value]));
}

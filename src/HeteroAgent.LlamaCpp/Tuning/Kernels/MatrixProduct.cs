using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace HeteroAgent.LlamaCpp;

/// <summary>Products of 32-bit matrices on one thread. The right-hand side is packed panel by panel, the left-hand side is read where it stands.</summary>
/// <remarks>
/// The loop order is that of Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008), with one level of blocking:
/// a packed panel (at most <see cref="Depth"/> steps) stays in the first-level cache while the rows pass by. Results do not depend on what ran before.
/// </remarks>
internal static unsafe class MatrixProduct
{
    /// <summary>The most steps of the inner dimension that are packed at once.</summary>
    private const int Depth = 512;
    private const int LargestTile = WideMatrixTile.Rows * WideMatrixTile.Columns;

    /// <summary>The numbers that <c>pack</c> must have room for.</summary>
    internal const int PackLength = (Depth * WideMatrixTile.Columns) + LargestTile + (Depth * WideMatrixTile.Rows);

    internal static bool IsWide { get; } = Vector512.IsHardwareAccelerated;

    private static int TileRows { get; } = IsWide ? WideMatrixTile.Rows : MatrixTile.Rows;

    private static int TileColumns { get; } = IsWide ? WideMatrixTile.Columns : MatrixTile.Columns;

    /// <summary>Adds a [rows, inner] times b [inner, columns] to c [rows, columns]. Element (i, k) of a matrix stands at <c>i·Row + k·Column</c>; c's rows are contiguous.</summary>
    internal static void Add(in Strided a, in Strided b, float* c, nint targetStride, int rows, int columns, int inner, float* pack)
    {
        for (int from = 0; from < inner; from += Depth)
        {
            int depth = Math.Min(Depth, inner - from);
            Strided left = new(a.Data + (from * a.Column), a.Row, a.Column);
            float* spareRows = null;
            for (int j = 0; j < columns; j += TileColumns)
            {
                int width = Math.Min(TileColumns, columns - j);
                Pack(b.Data + (from * b.Row) + (j * b.Column), b.Row, b.Column, depth, width, pack);
                AddPanel(left, pack, c + j, targetStride, rows, width, depth, ref spareRows);
            }
        }
    }

    private static void AddPanel(in Strided a, float* pack, float* c, nint targetStride, int rows, int width, int depth, ref float* spareRows)
    {
        int row = 0;
        if (width == TileColumns)
        {
            for (; row + TileRows <= rows; row += TileRows)
            {
                Tile(a.Data + (row * a.Row), a.Row, a.Column, pack, depth, c + (row * targetStride), targetStride);
            }
        }

        float* tile = pack + (Depth * WideMatrixTile.Columns);
        while (row < rows)
        {
            int height = Math.Min(TileRows, rows - row);

            // The last rows are computed in a whole tile that ends with them; what overlaps is not stored.
            int first = Math.Max(0, row + height - TileRows);
            new Span<float>(tile, TileRows * TileColumns).Clear();
            if (rows >= TileRows)
            {
                Tile(a.Data + (first * a.Row), a.Row, a.Column, pack, depth, tile, TileColumns);
            }
            else
            {
                spareRows = spareRows is null ? CopyRows(a, rows, depth, tile + LargestTile) : spareRows;
                Tile(spareRows, 1, TileRows, pack, depth, tile, TileColumns);
            }

            for (int i = row; i < row + height; i++)
            {
                AddRow(tile + ((i - first) * TileColumns), c + (i * targetStride), width);
            }

            row += height;
        }
    }

    private static void AddRow(float* source, float* target, int width)
    {
        int j = 0;
        for (; j + Vector128<float>.Count <= width; j += Vector128<float>.Count)
        {
            (Vector128.Load(target + j) + Vector128.Load(source + j)).Store(target + j);
        }

        for (; j < width; j++)
        {
            target[j] += source[j];
        }
    }

    /// <summary>Fewer rows than a tile has, filled up with zeros.</summary>
    private static float* CopyRows(in Strided a, int rows, int depth, float* target)
    {
        new Span<float>(target, depth * TileRows).Clear();
        for (int i = 0; i < rows; i++)
        {
            for (int k = 0; k < depth; k++)
            {
                target[(k * TileRows) + i] = a.Data[(i * a.Row) + (k * a.Column)];
            }
        }

        return target;
    }

    private static void Pack(float* b, nint rowStride, nint columnStride, int depth, int width, float* pack)
    {
        int columns = TileColumns;
        if (width < columns)
        {
            new Span<float>(pack, depth * columns).Clear();
        }

        if (columnStride == 1)
        {
            for (int k = 0; k < depth; k++)
            {
                CopyRow(b + (k * rowStride), pack + (k * columns), width);
            }

            return;
        }

        int packed = 0;
        if (rowStride == 1)
        {
            for (; packed + 4 <= width; packed += 4)
            {
                PackTransposed(b + (packed * columnStride), columnStride, depth, pack + packed, columns);
            }
        }

        for (; packed < width; packed++)
        {
            PackColumn(b + (packed * columnStride), rowStride, 0, depth, pack + packed, columns);
        }
    }

    private static void CopyRow(float* source, float* target, int width)
    {
        int j = 0;
        for (; j + Vector256<float>.Count <= width; j += Vector256<float>.Count)
        {
            Vector256.Load(source + j).Store(target + j);
        }

        for (; j < width; j++)
        {
            target[j] = source[j];
        }
    }

    /// <summary>Four columns that stand as rows in memory, four steps at a time.</summary>
    private static void PackTransposed(float* b, nint columnStride, int depth, float* pack, int columns)
    {
        int k = 0;
        for (; k + 4 <= depth; k += 4, pack += 4 * columns)
        {
            Vector128<float> r0 = Vector128.Load(b + k);
            Vector128<float> r1 = Vector128.Load(b + columnStride + k);
            Vector128<float> r2 = Vector128.Load(b + (2 * columnStride) + k);
            Vector128<float> r3 = Vector128.Load(b + (3 * columnStride) + k);
            (Vector128<float> low01, Vector128<float> high01) = Interleave(r0, r2);
            (Vector128<float> low23, Vector128<float> high23) = Interleave(r1, r3);
            (Vector128<float> c0, Vector128<float> c1) = Interleave(low01, low23);
            (Vector128<float> c2, Vector128<float> c3) = Interleave(high01, high23);
            c0.Store(pack);
            c1.Store(pack + columns);
            c2.Store(pack + (2 * columns));
            c3.Store(pack + (3 * columns));
        }

        for (int j = 0; j < 4; j++)
        {
            PackColumn(b + (j * columnStride), 1, k, depth, pack + j, columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> Low, Vector128<float> High) Interleave(Vector128<float> even, Vector128<float> odd) =>
        Sse.IsSupported ? (Sse.UnpackLow(even, odd), Sse.UnpackHigh(even, odd))
        : AdvSimd.Arm64.IsSupported ? (AdvSimd.Arm64.ZipLow(even, odd), AdvSimd.Arm64.ZipHigh(even, odd))
        : (Vector128.Create(even[0], odd[0], even[1], odd[1]), Vector128.Create(even[2], odd[2], even[3], odd[3]));

    /// <summary>One column, from a step on; the target is that step's.</summary>
    private static void PackColumn(float* b, nint rowStride, int from, int depth, float* pack, int columns)
    {
        for (int k = from; k < depth; k++, pack += columns)
        {
            *pack = b[k * rowStride];
        }
    }

    private static void Tile(float* a, nint rowStride, nint step, float* pack, int depth, float* c, nint targetStride)
    {
        if (IsWide)
        {
            WideMatrixTile.Add(a, rowStride, step, pack, depth, c, targetStride);
        }
        else
        {
            MatrixTile.Add(a, rowStride, step, pack, depth, c, targetStride);
        }
    }

    /// <summary>A matrix in memory: where it starts and how far apart its rows and columns are.</summary>
    internal readonly struct Strided(float* data, nint row, nint column)
    {
        internal float* Data { get; } = data;

        internal nint Row { get; } = row;

        internal nint Column { get; } = column;
    }
}
